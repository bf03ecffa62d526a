/* SPDX-License-Identifier: Apache-2.0 */
#include "CVersion.h"

#ifndef KAWELA_COMMIT
#define KAWELA_COMMIT ""
#endif

const char *kw_commit(void) { return KAWELA_COMMIT; }
