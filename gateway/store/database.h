#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include <sqlite3.h>

#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"
#include "gateway/domain/uuid.h"

/// As much of SQLite's C interface as the store needs: a connection with its statements prepared once, typed binding and reading,
/// transactions. A connection belongs to one thread at a time.
namespace salam::store {

/// SQLite said no. Its texts name tables and columns, never values.
class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  /// SQLite's extended result code.
  [[nodiscard]] int code() const noexcept { return code_; }
  /// The disk (or the page limit) is full: nothing was written, later it may work.
  [[nodiscard]] bool full() const noexcept { return (code_ & 0xff) == SQLITE_FULL; }

 private:
  int code_;
};

using Blob = std::span<const std::uint8_t>;

namespace detail {
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
}  // namespace detail

/// One use of a prepared statement: bind from left to right, step, read each row's columns from left to right. Resets itself at its end.
/// Texts are not copied: what is bound must live until the last step.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  template <class... Values>
  Query& bind(const Values&... values) {
    (bind_one(values), ...);
    return *this;
  }
  /// Steps to the next row; false after the last one.
  bool next();
  void run() {
    while (next()) {
    }
  }

  template <class T>
  T get();
  /// Reads the row's next columns.
  template <class... Fields>
  void into(Fields&... fields) {
    ((fields = get<Fields>()), ...);
  }

 private:
  void bind_one(std::nullptr_t) { check(sqlite3_bind_null(statement_, ++bound_)); }
  void bind_one(std::string_view text);
  void bind_one(Blob blob);
  void bind_one(const Uuid& id) { bind_one(Blob(id.bytes)); }
  void bind_one(Timestamp time) { bind_one(time.time_since_epoch().count()); }
  void bind_one(Milliseconds time) { bind_one(time.count()); }
  void bind_one(double value) { check(sqlite3_bind_double(statement_, ++bound_, value)); }
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void bind_one(T value) {
    check(sqlite3_bind_int64(statement_, ++bound_, static_cast<std::int64_t>(value)));
  }
  template <class T>
  void bind_one(const Sensitive<T>& value) {
    bind_one(std::string_view(value.reveal()));
  }
  template <class T>
  void bind_one(const std::optional<T>& value) {
    if (value) {
      bind_one(*value);
    } else {
      bind_one(nullptr);
    }
  }

  std::string_view text();
  Uuid uuid();
  std::int64_t integer() { return sqlite3_column_int64(statement_, column_++); }
  void check(int result) const;

  sqlite3_stmt* statement_;
  int bound_ = 0;
  int column_ = 0;
};

template <class T>
T Query::get() {
  if constexpr (detail::IsOptional<T>::value) {
    if (sqlite3_column_type(statement_, column_) == SQLITE_NULL) {
      ++column_;
      return std::nullopt;
    }
    return get<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return integer() != 0;
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return static_cast<T>(integer());
  } else if constexpr (std::is_same_v<T, double>) {
    return sqlite3_column_double(statement_, column_++);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return Timestamp(Milliseconds(integer()));
  } else if constexpr (std::is_same_v<T, Milliseconds>) {
    return Milliseconds(integer());
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return uuid();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string(text());
  } else {
    return T(std::string(text()));
  }
}

class Database {
 public:
  enum class Access {
    write,  ///< Creates the file.
    read,
    roll_back,  ///< Reads, after taking back what a rollback journal beside the file says was cut off.
  };

  /// Opens the file with the settings the store's promises rest on: WAL, every commit fsynced, no checkpoint by itself. Throws
  /// DatabaseError.
  Database(const std::string& path, Access access);

  /// The statement is prepared at its first use and kept. The same text must not be in use twice at a time.
  Query query(std::string_view sql);
  /// One or more statements without parameters or rows.
  void execute(const char* sql);
  /// The first row's first column of a statement without parameters; 0 where there is no row or it is NULL.
  std::int64_t number(std::string_view sql);

  [[nodiscard]] std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(connection_.get()); }
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] int changes() const { return sqlite3_changes(connection_.get()); }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
  [[nodiscard]] sqlite3* handle() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  sqlite3_stmt* prepared(std::string_view sql);
  void check(int result) const;

  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<std::string, Statement, Hash, std::equal_to<>> statements_;
};

/// Rolls back unless it was committed. `deferred` for reads that must see one state.
class Transaction {
 public:
  enum class Mode { immediate, deferred };
  explicit Transaction(Database& database, Mode mode = Mode::immediate);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Database& database_;
};

}  // namespace salam::store
