/* A UE with its manufacturer's credential alone comes to a service provider, whose AS asks the
 * manufacturer's for the credential that is made of that; and then to another provider. */
#define _GNU_SOURCE
#include "bootstrap_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAKER_REALM "maker.test"

enum { TEXT_MAX = 64, PROVIDERS = 2 };

struct provider {
  struct scene_server as, aa, aps;
};

struct recommissioning {
  struct scene_server as, aa; /* of the manufacturer */
  struct provider providers[PROVIDERS];
};

static const char *const NAMES[PROVIDERS] = {"provider-1", "provider-2"};

/* Its own user is nobody whom the test knows. */
static void start_provider(struct provider *provider, const char *name, uint16_t manufacturer) {
  char address[TEXT_MAX];
  snprintf(address, sizeof address, "127.0.0.1:%u", manufacturer);
  const char *const arguments[] = {"--identity",
                                   "nobody@" BOOTSTRAP_SCENE_REALM,
                                   "--manufacturer",
                                   address,
                                   "--manufacturer-realm",
                                   MAKER_REALM,
                                   "--radius-bind",
                                   "127.0.0.1:0",
                                   "--name",
                                   name,
                                   "--manufacturer-secret",
                                   SCENE_SECRET,
                                   NULL};
  bootstrap_scene_as(&provider->as, arguments);
  bootstrap_scene_aa(&provider->aa, provider->as.port, NULL);
  bootstrap_scene_aps(&provider->aps, "aps1", provider->as.port, NULL);
}

/* Who may have credentials of the manufacturer's AS: these providers. */
static void start_all(struct recommissioning *scene, size_t allowed) {
  static const char first[] = "127.0.0.1," SCENE_SECRET ",provider-1";
  static const char second[] = "127.0.0.1," SCENE_SECRET ",provider-2";
  const char *const arguments[] = {
      "--realm", MAKER_REALM, "--provider", first, allowed > 1 ? "--provider" : NULL, second, NULL};
  bootstrap_scene_as(&scene->as, arguments);
  bootstrap_scene_aa(&scene->aa, scene->as.port, NULL);
  for (size_t i = 0; i < PROVIDERS; i++)
    start_provider(&scene->providers[i], NAMES[i], scene->as.port);
}

static int run_ue(struct process *ue, const struct recommissioning *scene, size_t provider,
                  const char *pull) {
  char commission[TEXT_MAX];
  snprintf(commission, sizeof commission, "%s=127.0.0.1:%u", NAMES[provider],
           scene->providers[provider].aa.port);
  const char *const arguments[] = {"--commission", commission, "--pull", pull, NULL};
  return bootstrap_scene_run_ue(ue, scene->aa.port, scene->providers[provider].aps.port, arguments);
}

/* Each provider has another credential of the same device. */
static void two_providers(void **state) {
  static const char *const pulls[PROVIDERS] = {"erp", "psk-identity"};
  struct recommissioning scene;
  struct process ue;
  char *keys[PROVIDERS];
  (void)state;
  start_all(&scene, PROVIDERS);
  for (size_t i = 0; i < PROVIDERS; i++) {
    struct provider *provider = &scene.providers[i];
    assert_int_equal(run_ue(&ue, &scene, i, pulls[i]), 0);
    process_expect_written(&ue, "\"event\":\"commissioned\"");
    bootstrap_scene_expect(&provider->as.process, "commissioning", "answered", 1, NULL);
    bootstrap_scene_expect(&provider->aps.process, "application", "served", 1, NULL);
    keys[i] = bootstrap_scene_value(&provider->as.process, "commissioning", "key", "key", 0);
    assert_non_null(keys[i]);
  }
  bootstrap_scene_expect(&scene.as.process, "commissioning", "confirmed", PROVIDERS, NULL);
  assert_string_not_equal(keys[0], keys[1]);
  for (size_t i = 0; i < PROVIDERS; i++)
    free(keys[i]);
}

static void unauthorised_provider(void **state) {
  struct recommissioning scene;
  struct process ue;
  (void)state;
  start_all(&scene, 1);
  assert_int_equal(run_ue(&ue, &scene, 1, "erp"), 1);
  bootstrap_scene_expect(&scene.providers[1].as.process, "commissioning", "unanswered", 1,
                         "refused by the manufacturer's AS");
  bootstrap_scene_expect(&ue, "pull", "started", 0, NULL);
  bootstrap_scene_expect(&scene.as.process, "commissioning", "key", 0, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(two_providers, scene_teardown),
      cmocka_unit_test_teardown(unauthorised_provider, scene_teardown),
  };
  return SCENE_RUN("bootstrap_recommissioning", tests);
}
