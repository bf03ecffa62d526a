// KawelaDaemon
