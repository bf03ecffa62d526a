# On the host that has OVN's databases: the other hosts may read where everything is.
ovn-sbctl set-connection ptcp:6642
