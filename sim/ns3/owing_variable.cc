#include "owing_variable.h"
#include "member.h"

#include <ns3/rng-stream.h>

namespace sim {

SIM_MEMBER(RngStreamState, ns3::RngStream::m_currentState)
SIM_MEMBER(RngStreamAdvance, ns3::RngStream::AdvanceNthBy)

ns3::TypeId OwingVariable::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::OwingVariable")
                              .SetParent<ns3::UniformRandomVariable>()
                              .AddConstructor<OwingVariable>();
  return id;
}

/* ns-3 has the matrices of two draws and more, by powers of two. */
double OwingVariable::GetValue() {
  ns3::RngStream *stream = Peek();
  if (owed % 2 != 0)
    stream->RandU01();
  if (owed > 1)
    (stream->*member_of(RngStreamAdvance{}))(owed / 2, 1, stream->*member_of(RngStreamState{}));
  owed = 0;
  return UniformRandomVariable::GetValue();
}

} // namespace sim
