# Each machine may use its own addresses alone, and nobody gets TCP to port 5001 of vm3.
ovn-nbctl lsp-set-port-security vm1 "52:54:00:00:00:01 10.82.57.11"
ovn-nbctl lsp-set-port-security vm2 "52:54:00:00:00:02 10.82.58.12"
ovn-nbctl lsp-set-port-security vm3 "52:54:00:00:00:03 10.82.57.13"
ovn-nbctl acl-add net1 to-lport 1000 'outport == "vm3" && tcp.dst == 5001' drop
