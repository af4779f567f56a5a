/* Private members of ns-3's classes: whoever keeps a world from run to run must see whether they
 * are at rest, and put them back. An explicit instantiation of a template may name what is private;
 * it hands it to a friend function of a tag. */
#ifndef SIM_NS3_MEMBER_H
#define SIM_NS3_MEMBER_H

namespace sim {

template <typename Tag, auto MEMBER> struct MemberNamed {
  friend constexpr auto member_of(Tag) {
    return MEMBER;
  }
};

} // namespace sim

/* In namespace sim: object.*member_of(tag{}) is that member of an object of the class. */
#define SIM_MEMBER(tag, name)                                                                      \
  struct tag {                                                                                     \
    friend constexpr auto member_of(tag);                                                          \
  };                                                                                               \
  template struct MemberNamed<tag, &name>;

#endif
