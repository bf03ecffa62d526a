/* SPDX-License-Identifier: Apache-2.0 */
// FlyingFox, the HTTP server, also has a proxy, which Kawela does not use: its client is Foundation's, which calls libcurl. Linked
// without Swift's shared libraries the program would need libcurl for it, and all that libcurl needs. Whatever would call it
// ends the program instead.
#include <stdlib.h>

#define WITHOUT(name) \
    void name(void) { abort(); }

WITHOUT(curl_easy_cleanup)
WITHOUT(curl_easy_getinfo)
WITHOUT(curl_easy_init)
WITHOUT(curl_easy_pause)
WITHOUT(curl_easy_setopt)
WITHOUT(curl_easy_strerror)
WITHOUT(curl_free)
WITHOUT(curl_global_init)
WITHOUT(curl_multi_add_handle)
WITHOUT(curl_multi_assign)
WITHOUT(curl_multi_cleanup)
WITHOUT(curl_multi_info_read)
WITHOUT(curl_multi_init)
WITHOUT(curl_multi_remove_handle)
WITHOUT(curl_multi_setopt)
WITHOUT(curl_multi_socket_action)
WITHOUT(curl_slist_append)
WITHOUT(curl_slist_free_all)
WITHOUT(curl_url)
WITHOUT(curl_url_get)
WITHOUT(curl_url_set)
WITHOUT(curl_version)
WITHOUT(curl_version_info)
