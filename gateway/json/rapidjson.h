#pragma once

#include <stdexcept>

/// The one way by which RapidJSON is included: its macros must be the same everywhere.
namespace salam::json {

/// A defect of ours (a value read as what it is not), never bad input.
[[noreturn]] inline void rapidjson_misused(const char* expectation) { throw std::logic_error(expectation); }

}  // namespace salam::json

#define RAPIDJSON_HAS_STDSTRING 1
#define RAPIDJSON_ASSERT(x) ((x) ? static_cast<void>(0) : ::salam::json::rapidjson_misused(#x))
#define RAPIDJSON_ASSERT_THROWS
#define RAPIDJSON_ALLOCATOR_DEFAULT_CHUNK_CAPACITY 4096

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
