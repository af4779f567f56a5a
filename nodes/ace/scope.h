/* What a token lets its holder ask for: methods on resources. On the wire a byte string (RFC 9200
 * section 5.8.1), whose octets are
 *   one octet           REST-method-set (RFC 9237 section 3) on the one resource that the resource
 *                       server is known for
 *   an array of CBOR    of [path, REST-method-set] (AIF, RFC 9237 section 2), where paths begin
 *                       with a slash, which is nowhere else
 * which the first octet tells apart: a set in one octet is below 0x80, and an array's head is not.
 */
#ifndef NODES_ACE_SCOPE_H
#define NODES_ACE_SCOPE_H

#include "../node.h"

enum {
  ACE_SCOPE_ENTRIES_MAX = 4,
  ACE_PATH_MAX = 16,        /* octets of a path of one segment */
  ACE_SCOPE_OCTETS_MAX = 96 /* of four entries, each with the longest path and set */
};

/* Bits of a REST-method-set: a CoAP method's code less 1 (RFC 9237 section 3). */
enum {
  ACE_METHOD_GET = 1 << 0,
  ACE_METHOD_POST = 1 << 1,
  ACE_METHOD_PUT = 1 << 2,
  ACE_METHODS_ALL = 0x7f, /* as many as there are */
};

/* The bit of a method; 0: the code is none of RFC 7252 or RFC 8132. */
uint32_t ace_method_of(uint8_t code);

/* No path twice. */
struct ace_scope {
  struct ace_scope_entry {
    char path[ACE_PATH_MAX + 1]; /* without a slash */
    uint32_t methods;            /* of ACE_METHODS_ALL, not 0 */
  } entry[ACE_SCOPE_ENTRIES_MAX];
  size_t count;
};

enum ace_scope_form {
  ACE_SCOPE_SHORT, /* where there is one entry, of `resource`; else AIF */
  ACE_SCOPE_AIF,
};

/* `resource`: the path that one octet is of, as entries have it. NODE_ERR_MALFORMED: neither form,
 * a path that is empty, too long, does not begin with a slash, has another or a zero, or stands
 * twice, methods of which none is known or 0, no entries, or more than there is room for. Methods
 * that are not known are left out. */
NODE_MUST_CHECK int ace_scope_read(const uint8_t *octets, size_t length, const char *resource,
                                   struct ace_scope *scope);

/* The octets, without the byte string's head; up to ACE_SCOPE_OCTETS_MAX. */
size_t ace_scope_write(const struct ace_scope *scope, enum ace_scope_form form,
                       const char *resource, uint8_t octets[ACE_SCOPE_OCTETS_MAX]);

/* Methods on a path; 0: the path is not in it. */
uint32_t ace_scope_methods(const struct ace_scope *scope, const char *path, size_t length);

/* What of `wanted` is in `allowed`, entry by entry; it may be empty. */
void ace_scope_intersect(const struct ace_scope *wanted, const struct ace_scope *allowed,
                         struct ace_scope *both);

bool ace_scope_equal(const struct ace_scope *a, const struct ace_scope *b);

#endif
