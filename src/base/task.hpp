// The one coroutine type. Its executor is the concrete one of an io_context: the type-erased
// default costs about 15 % of the request rate (docs/decisions/0002-beast.md).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace handin {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

template <class T = void>
using task = asio::awaitable<T, Executor>;

using use_task_t = asio::use_awaitable_t<Executor>;
inline constexpr use_task_t use_task{};

}  // namespace handin
