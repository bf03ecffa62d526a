/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CVERSION_H
#define CVERSION_H

/// The commit that this program was built of, as the variable KAWELA_COMMIT of the build named it; empty without one.
const char *kw_commit(void);

#endif
