# The PF for one virtual machine, whose network is what this user's programs reach. Port 2222 of the host is its
# port 22.
passt --foreground --socket "$folder/passt.sock" --tcp-ports 2222:22 &
until [ -e "$folder/passt.sock" ]; do sleep 0.1; done
kawela serve --socket "$folder/pf.sock" --uplink "stream:$folder/passt.sock"
