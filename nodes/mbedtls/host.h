/* What mbedtls asks of the program around it, answered by us: memory, of which each account is
 * kept, and the time, which stands still. And what it computes: blocks of AES, of GHASH and of
 * SHA-256, as long as an account is open. */
#ifndef NODES_MBEDTLS_HOST_H
#define NODES_MBEDTLS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whoever the library works for. Zeroed memory is an account of nothing. */
struct mbedtls_host_account {
  size_t bytes;        /* asked for and not yet given back */
  uint32_t bytes_peak; /* the most that ever were */
  bool unmetered;      /* what is computed does not count */
  uint32_t aes_key_schedules, aes_blocks, ghash_blocks, sha256_blocks;
};

/* What this thread's library calls allocate and compute belongs to `account` from now on; NULL: to
 * no one. Returns whose it was before. */
struct mbedtls_host_account *mbedtls_host_open(struct mbedtls_host_account *account);

/* The memory that the library uses, for those who want theirs in the same account. A block knows
 * the account that was open, which must outlive it. */
void *mbedtls_host_calloc(size_t count, size_t size);
void mbedtls_host_free(void *memory);

#endif
