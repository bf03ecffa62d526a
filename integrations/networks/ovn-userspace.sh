# Only for the userspace datapath, which tunnels by itself: the interface to the other hosts becomes a port of a
# bridge that has the host's address.
ovs-vsctl add-br br-phy -- set bridge br-phy datapath_type=netdev
ovs-vsctl add-port br-phy "$interface"
ip link set "$interface" up
ip addr add "$address/24" dev br-phy
ip link set br-phy up
