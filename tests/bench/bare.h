#pragma once

namespace salam::bench {

/// The yardstick: Beast as its own examples use it, and nothing else. Reads each request as a message, answers 202 with a message as long
/// as the gateway's receipt. One thread, keep-alive, a deadline for each operation. Prints its port, serves until SIGTERM.
void serve_bare(unsigned short port);

}  // namespace salam::bench
