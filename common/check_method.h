// Which method a check asks for.
#ifndef MPIC_COMMON_CHECK_METHOD_H_
#define MPIC_COMMON_CHECK_METHOD_H_

#include "mpic/v1/check.pb.h"

namespace mpic {

// By the oneof of the check; METHOD_UNSPECIFIED when it is empty.
v1::Method MethodOf(const v1::Check& check);

}  // namespace mpic

#endif  // MPIC_COMMON_CHECK_METHOD_H_
