/* cmocka with what it needs. */
#ifndef NODES_LIVE_TESTS_TEST_H
#define NODES_LIVE_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
