# How tests are registered, and in which of the two builds each runs: ./waf-wrapper test runs the
# plain build without the tests labelled `sanitized`, then the build with AddressSanitizer and
# UndefinedBehaviorSanitizer without those labelled `plain`. ctest in a build folder runs all.
#
# A test without a row runs in both, for it takes a second or less. A longer one would prove the same
# thing twice:
#   plain      It runs whole programs for what they print, or reads sources: other tests take the same
#              code through the sanitizers (bench/reference, whose specs vary every key, and the
#              other tests of sim/; check/explore_test, check/program_test and the planted faults;
#              the live roles among themselves, against hostapd and under load).
#   sanitized  What it asserts is a function of its inputs alone, whatever the build; what it takes
#              apart or puts together is memory of ours.
#   both       It waits more than it computes; or it is what takes other tests' code through the
#              sanitizers.
#
# The last column: processor seconds, about. Long tests start first, wherever tests run in parallel.
set(TEST_ROWS
  # name (a regular expression)        | runs      | seconds
  "nodes/ordering_flow_test            | sanitized |  7"
  "nodes/coap_eap_dtls_test            | sanitized |  4"
  "nodes/coap_eap_ikev2_test           | sanitized |  9"
  "nodes/eap_edhoc_fault_test          | sanitized |  9"
  "nodes/eap_edhoc_flow_test           | sanitized |  5"
  "nodes/edhoc_hostile_test            | sanitized |  3"
  "nodes/edhoc_coap_test               | sanitized |  4"
  "nodes/fuzz_association_ikev2        | sanitized |  8"
  "nodes/fuzz_ace_client               | sanitized |  4"
  "nodes/fuzz_ace_resource_server      | sanitized |  8"
  "nodes/fuzz_edhoc_coap               | sanitized |  2"
  "nodes/fuzz_pana                     | sanitized |  3"
  "nodes/fuzz_bootstrap_(aps|ue)       | sanitized | 10"
  "nodes/ue_fault_test                 | sanitized |  5"
  "nodes/crowd_test                    | plain     |  2"
  ".*/(rooms|circles|symbols)          | plain     |  1"
  "sim/toy                             | plain     | 60"
  "bench/(wrapper|own_hardware)        | plain     |  2"
  "bench/slurm                         | plain     | 30"
  "bench/raw_data_.*                   | plain     |  2"
  "bench/latex                         | plain     |  3"
  "bench/browser                       | plain     |  8"
  "bench/documents_readme              | plain     | 60"
  "bench/newcomer                      | plain     | 10"
  "bench/decrypt                       | plain     |  8"
  "bench/documents_(live|roles)        | plain     | 30"
  "live/eapol_test                     | plain     | 16"
  "live/capture_test                   | plain     |  3"
  "live/edhoc_line(_refused)?_test     | sanitized |  4"
  "live/dtls_line_test                 | both      | 18"
  "live/(hostapd(_erp)?|roles)_test    | both      |  7"
  "live/hints_test                     | both      | 11"
  "live/keygen                         | both      |  3"
  "live/ike_charon_test                 | both      | 12"
  "live/ace_roles_test                  | both      | 11"
  "live/ike_roles_test                  | both      |  9"
  "live/bootstrap_faults_test          | both      | 38"
  "live/bootstrap_.*                   | both      |  5"
  "check/explore_test                  | both      |  1"
  "check/explore_.*                    | plain     |  5"
  "sim/proof_[0-9]+                    | plain     | 145"
  "sim/proof_large_test                 | plain     | 50"
  "sim/proof_(miscount_test|whole)      | plain     |  5"
  "sim/equal_test                      | plain     | 14"
  "sim/kept_test                       | plain     | 40"
  "sim/kept_memory_test                | plain     |  6"
  "sim/channel_test                    | plain     |  5"
  "sim/(agenda|capture|edhoc(_coap)?|overhead|scale)_test | plain |  5"
  "sim/world_.*                        | sanitized |  9"
  "sim/run_test                        | both      |  3"
  "bench/campaign_test                 | sanitized | 10"
  "bench/killed                        | plain     | 40"
  "bench/(shards|until)                | sanitized | 15"
  "bench/(topics|init-simulator)       | plain     |  6"
  "bench/(init|completion)             | sanitized |  3"
  "bench/published                     | plain     |  2"
  "bench/speed                         | plain     |  4"
  "bench/faulty                        | sanitized |  5"
  "bench/faulty-simulator              | plain     |  5"
  "bench/reference                     | both      |  3")

# For programs that have ns-3 inside, under AddressSanitizer: ns-3 keeps its singletons until the
# process ends; and to note for each of its many objects who allocated it, thirty callers deep, takes
# as long as all else.
set(NS3_ENVIRONMENT ASAN_OPTIONS=detect_leaks=0:malloc_context_size=2)

# register_test(NAME COMMAND [ARGUMENT...]): as add_test; exit status 77 is "skipped" (skip.h, skip.sh).
function(register_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  foreach(row ${TEST_ROWS})
    string(REGEX REPLACE " +\\| +" ";" row ${row})
    list(GET row 0 pattern)
    if(name MATCHES "^(${pattern})$")
      list(GET row 1 build)
      list(GET row 2 seconds)
      set_tests_properties(${name} PROPERTIES LABELS ${build} COST ${seconds})
      return()
    endif()
  endforeach()
endfunction()
