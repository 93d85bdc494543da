#ifndef MARTLET_CJANSSON_SHIM_H
#define MARTLET_CJANSSON_SHIM_H

#include <jansson.h>

// json_decref is a macro over an inline that Swift imports badly with a NULL check.
static inline void CJansson_decref(json_t *value) { json_decref(value); }

#endif
