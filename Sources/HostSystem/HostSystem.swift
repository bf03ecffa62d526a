// SPDX-License-Identifier: Apache-2.0

// The host's system calls under the edges: VFIOUser, Backends and KawelaDaemon. What any two of them need is here, the
// rest in their own `System` folders. The device (Intel82576) does no I/O and does not depend on it.
//
//   Descriptor     an open file and who closes it; Closer, for files that came from outside
//   UnixSocket     connect, accept, and BoundSocket, which replaces a socket file that was left behind
//   Event, Timer   eventfd, timerfd and epoll
//   PollSet        what to wait for, and what it was found to be
//   RegularFile    a file that one program has at a time
//   NamedThread    a thread; and the clocks
//   Signals        signals as something to wait for
//   NotifySocket   tells the service manager that started this process how it goes
//
// Errors are those of the system (`Errno` of swift-system). Who calls says what they mean to a user.
