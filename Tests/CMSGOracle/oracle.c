#include "CMSGOracle.h"
