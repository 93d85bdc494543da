#ifndef MARTLET_CZLIB_SHIM_H
#define MARTLET_CZLIB_SHIM_H

// Input is const.
#define ZLIB_CONST
#include <zlib.h>

// A macro over a function that takes the version and the size of the structure. 16 more than the window's size means
// gzip and nothing else.
static inline int CZlib_inflateInitGzip(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

#endif
