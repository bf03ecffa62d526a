# A bridge that reaches to another host by VXLAN, and a NIC in it. The interface between the hosts has its address
# already.
ip link add br0 type bridge
ip link add vxlan42 type vxlan id 42 dstport 4789 local "$address" remote "$peer" dev "$interface"
ip tuntap add tap0 mode tap user "$user"
ip link set vxlan42 master br0 up
ip link set tap0 master br0 up
ip link set br0 up
