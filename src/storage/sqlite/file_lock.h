// One server for one database: an advisory lock beside the file.
#pragma once

#include <expected>
#include <string>

#include "base/descriptor.h"
