// SPDX-License-Identifier: Apache-2.0

// What `kawela metrics` and `kawela web` serve over HTTP. Both are clients of the control socket of a running `kawela serve`
// and only read; nothing of them runs in the daemon.
//
// - `Metrics`: counters as text for Prometheus.
// - `HTTP`: listens where only this machine can connect, and asks the control socket.
// - `Page`: the card as a drawing with live rates, for a browser, without a build step and without the internet.
