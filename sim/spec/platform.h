/* Device platforms: the currents that turn radio state times into energy. */
#ifndef SIM_SPEC_PLATFORM_H
#define SIM_SPEC_PLATFORM_H

#define PLATFORM_SUPPLY_V 3.0

struct platform {
  double transmit_ma;
  double receive_ma; /* also while it listens, and while it turns round */
};

/* By enum spec_platform. */
const struct platform *platform_find(int platform);

#endif
