# How many packets met the logical flows whose text has $flow, on this host alone.
list="ovn-sbctl --db=tcp:$central:6642 --uuid lflow-list"
for id in $($list | grep -F "$flow" | sed 's/.*uuid=\(0x[0-9a-f]*\),.*/\1/' | sort -u); do
    ovs-ofctl dump-flows br-int "cookie=$id/-1"
done | sed -n 's/.* n_packets=\([0-9]*\),.*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'
