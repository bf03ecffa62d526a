# On each host: who it is, where the databases are, by which address the others reach it, and the NIC's uplink as a
# port of OVN's bridge with a name that the logical network knows.
ovs-vsctl set open_vswitch . external_ids:system-id="$host" external_ids:ovn-remote="tcp:$central:6642" \
    external_ids:ovn-encap-type=geneve external_ids:ovn-encap-ip="$address" \
    external_ids:ovn-bridge-datapath-type="$datapath"
ovs-vsctl --may-exist add-br br-int -- set bridge br-int datapath_type="$datapath" fail_mode=secure
ip tuntap add tap0 mode tap user "$user"
ip link set tap0 up
ovs-vsctl add-port br-int tap0 -- set interface tap0 external_ids:iface-id="$nic"
