# VFs of one NIC in VLANs of an Open vSwitch bridge. The NIC's uplink is a trunk port, and the host itself is in
# VLAN 10.
ovs-vsctl add-br br0 -- set bridge br0 datapath_type="$datapath"
ip tuntap add tap0 mode tap user "$user"
ip link set tap0 up
ovs-vsctl add-port br0 tap0 trunks=10,20
ovs-vsctl add-port br0 host10 tag=10 -- set interface host10 type=internal
ip addr add 10.82.57.1/24 dev host10
ip link set host10 up
