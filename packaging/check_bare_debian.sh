#!/usr/bin/env bash
# Tries the README's two commands on a Debian 12 that has Python 3 and nothing else.
#
#     packaging/check_bare_debian.sh [MIRROR]
#
# Run by hand, as root, with debootstrap installed. MIRROR is a Debian mirror; without one, it is
# the first that this machine's apt uses. What pip and the certificates are configured to on this
# machine goes along, so that the root reaches the same registries. With DISPLAY set (Xvfb will do,
# and takes the root's connections without a password) the window is opened as well, for a moment.
#
# KEEP=1 keeps the finished root; ROOT=/folder names where it is made, which must not exist.
set -euo pipefail
checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

first_mirror() {
    apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1
}

mirror="${1:-$(first_mirror)}"
[ -n "$mirror" ] || fail "no Debian mirror is configured here; name one as the first argument"
root="${ROOT:-$(mktemp -d)/debian}"
[ ! -e "$root" ] || fail "$root exists already"

remove_root() {
    [ -n "${KEEP:-}" ] && { say "The root is kept in $root"; return; }
    rm -rf --one-file-system "$root"
}
trap remove_root EXIT

say "Making a bare Debian 12 with python3 in $root"
debootstrap --variant=minbase --include=python3 bookworm "$root" "$mirror" > "$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; fail "debootstrap"; }
rm -f "$root.log"

# The way to the registries, as this machine has it.
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
for file in /etc/hosts /etc/pip.conf /etc/apt/apt.conf.d/*registry* /etc/apt/apt.conf.d/*proxy*; do
    [ ! -f "$file" ] || cp -L "$file" "$root$file"
done
# Under a name of its own: the certificates of the root are made anew when a package brings them.
certificates=""
if [ -n "${PIP_CERT:-}" ]; then
    certificates=/etc/certificates-of-the-host.crt
    cp -L "$PIP_CERT" "$root$certificates"
fi

say "Cloning the checkout into it"
git clone --quiet --no-hardlinks "$checkout" "$root/home/student/rnnviz"
chroot "$root" useradd --home-dir /home/student student
chroot "$root" chown --recursive student: /home/student

# Runs its arguments inside, in the clone, as the user $1. The mounts vanish with the command.
inside() {
    local user="$1" home=/root
    shift
    [ "$user" = root ] || home=/home/student
    unshare --mount --propagation private bash -c '
        mount -t proc proc "$1/proc"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
        cd "$1/home/student/rnnviz"
        shift; exec "$@"' inside "$root" \
        chroot --userspec="$user" "$root" \
        env -i HOME="$home" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        PIP_CERT="$certificates" PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-60}" \
        LANG=C.UTF-8 DISPLAY="${WINDOW_DISPLAY:-}" \
        sh -c 'cd /home/student/rnnviz && exec "$@"' inside "$@"
}

# Runs a command that has to refuse, with a sentence that holds the words of $1.
refuses() {
    local words="$1" answer
    shift
    if answer="$("$@" 2>&1)"; then fail "this ended well and should not have: $*"; fi
    printf '%s\n' "$answer"
    case "$answer" in *Traceback*) fail "a traceback" ;; *"$words"*) ;; *) fail "no '$words'" ;; esac
}

say "An ordinary user is told the one line to run"
refuses "sudo apt-get install -y" inside student python3 packaging/bootstrap.py test

say "run: as root, with no display"
refuses "run train --help" inside root python3 packaging/bootstrap.py run

say "test: as root, from nothing"
time inside root python3 packaging/bootstrap.py test

say "run: a command without a window, twice"
time inside root python3 packaging/bootstrap.py run --version
time inside root python3 packaging/bootstrap.py run train --help

if [ -n "${DISPLAY:-}" ]; then
    say "run: the window, open for 20 seconds"
    status=0
    WINDOW_DISPLAY="$DISPLAY" inside root timeout 20 python3 packaging/bootstrap.py run || status=$?
    [ "$status" -eq 124 ] || fail "the window closed by itself, with exit status $status"
fi
say "All well."
