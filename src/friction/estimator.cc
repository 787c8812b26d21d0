// What time leaves of a number.
#include "friction/estimator.h"

#include <cmath>

namespace sluice::friction {

double decay_factor(double seconds, double rate) {
    return seconds > 0 && rate > 0 ? std::exp(-rate * seconds) : 1.0;
}

}  // namespace sluice::friction
