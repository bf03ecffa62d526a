# Two logical switches and a router for three virtual machines. nicA and nicB are the NICs of two hosts. Each VF is
# a port inside its NIC's port, known by the VLAN that the NIC puts the VF in; the VLAN means something between NIC
# and host alone.
ovn-nbctl ls-add nics
ovn-nbctl lsp-add nics nicA
ovn-nbctl lsp-add nics nicB
ovn-nbctl ls-add net1
ovn-nbctl ls-add net2
ovn-nbctl lsp-add net1 vm1 nicA 11
ovn-nbctl lsp-add net2 vm2 nicA 12
ovn-nbctl lsp-add net1 vm3 nicB 11
ovn-nbctl lsp-set-addresses vm1 "52:54:00:00:00:01 10.82.57.11"
ovn-nbctl lsp-set-addresses vm2 "52:54:00:00:00:02 10.82.58.12"
ovn-nbctl lsp-set-addresses vm3 "52:54:00:00:00:03 10.82.57.13"

# The router is on every host.
ovn-nbctl lr-add router
ovn-nbctl lrp-add router router-net1 02:00:00:00:00:01 10.82.57.1/24
ovn-nbctl lrp-add router router-net2 02:00:00:00:00:02 10.82.58.1/24
for net in net1 net2; do
    ovn-nbctl lsp-add $net $net-router -- lsp-set-type $net-router router \
        -- lsp-set-addresses $net-router router -- lsp-set-options $net-router router-port=router-$net
done

# OVN answers DHCP on each host itself. 1442 is what Geneve with OVN's option over IPv4 leaves of 1500.
dhcp1=$(ovn-nbctl create dhcp_options cidr=10.82.57.0/24 options='server_id=10.82.57.1 router=10.82.57.1
    server_mac="02:00:00:00:00:01" lease_time=3600 mtu=1442')
dhcp2=$(ovn-nbctl create dhcp_options cidr=10.82.58.0/24 options='server_id=10.82.58.1 router=10.82.58.1
    server_mac="02:00:00:00:00:02" lease_time=3600 mtu=1442')
ovn-nbctl lsp-set-dhcpv4-options vm1 $dhcp1
ovn-nbctl lsp-set-dhcpv4-options vm2 $dhcp2
ovn-nbctl lsp-set-dhcpv4-options vm3 $dhcp1
