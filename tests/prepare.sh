# What the tests need on a machine: packages of Debian, a build, the product as it is published, a PostgreSQL of their own. Sourced by tests/run.
configuration=Release

fail() { printf '%s\n' "tests/run: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null; }
postgres_bin() { find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1; }

require_sdks() {
    has dotnet && dotnet --list-sdks | grep -q '^10\.' || fail "the .NET 10 SDK is missing. Install it (package dotnet-sdk-10.0 of Microsoft's Debian feed, or dotnet-install) and run again."
    has node && has npm || fail "Node.js 20 with npm is missing. Install it (apt-get install nodejs npm) and run again."
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node.js $(node -v) is too old. Install version 20 or later and run again."
}

install_packages() {
    local missing=()
    # The headless shell draws no windows of its own, which is most of what a whole Chromium does here.
    has chromium-headless-shell || has chromium || missing+=(chromium-headless-shell)
    [ -x "$(postgres_bin)/initdb" ] || missing+=(postgresql)
    has pdftotext || missing+=(poppler-utils)
    has qpdf || missing+=(qpdf)
    has openssl || missing+=(openssl)
    has curl || missing+=(curl)
    has zbarimg || missing+=(zbar-tools)
    has java || missing+=(default-jre-headless)
    [ -e /usr/share/java/preflight.jar ] || missing+=(libpdfbox2-java libjaxb-api-java)
    [ -e /usr/share/zoneinfo/Asia/Shanghai ] || missing+=(tzdata)
    { has fc-list && fc-list :lang=zh-cn | grep -q .; } || missing+=(fontconfig fonts-noto-cjk)
    [ ${#missing[@]} -eq 0 ] && return
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
    has apt-get || fail "missing: ${missing[*]}. These are Debian's package names; install them with your system's package manager and run again."
    if [ "$(id -u)" -ne 0 ]; then
        has sudo && sudo -n true 2>/dev/null || fail "missing: ${missing[*]}. Run once as root: apt-get install ${missing[*]}"
        apt=(sudo "${apt[@]}")
    fi
    echo "Installing: ${missing[*]}"
    "${apt[@]}" update >/dev/null && "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null \
        || fail "apt-get could not install ${missing[*]}. Check the network and the package sources, then run again."
}

# PostgreSQL refuses to run as root.
as_server_user() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

# It is there for one run and need not outlive a power cut. Its log shows a failing test what the database said meanwhile.
start_postgres() {
    data=$work/postgres
    mkdir "$data"
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$data"; fi
    local port
    port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
    (
        cd /   # The server's user may not be allowed into this folder.
        as_server_user "$(postgres_bin)/initdb" -D "$data" -U postgres --auth=trust --encoding=UTF8 --locale=C >/dev/null
        as_server_user "$(postgres_bin)/pg_ctl" -D "$data" -w -t 60 -l "$data/server.log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 -c fsync=off -c full_page_writes=off -c timezone=UTC -c log_timezone=UTC -c log_line_prefix='%m '" \
            start >/dev/null
    ) || fail "PostgreSQL did not start: $(cat "$data/server.log" 2>/dev/null || echo 'initdb failed, see above')"
    export TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres" TEST_POSTGRES_LOG=$data/server.log
    echo "PostgreSQL listens on 127.0.0.1:$port"
}

clean_up() {
    if [ -e "${data:-}/postmaster.pid" ]; then (cd / && as_server_user "$(postgres_bin)/pg_ctl" -D "$data" -m immediate stop >/dev/null) || true; fi
    rm -rf "$work"
}

begin() {
    work=$(mktemp -d)
    chmod 711 "$work"
    trap clean_up EXIT
    trap 'exit 130' INT TERM
    export DOTNET_TieredPGO=0   # No process of a test lives long enough to gain from being measured for a better compilation.
}

build() { dotnet build "$1" -c "$configuration" -v q --nologo -nodeReuse:false || { echo "The solution does not build."; echo "0 passed, 1 failed"; exit 1; }; }

# Compiling ahead of time halves what starting a process of the product costs.
publish() {
    dotnet publish src/Web -c "$configuration" --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o "$work/web" -v q --nologo -nodeReuse:false \
        || { echo "The product cannot be published."; echo "0 passed, 1 failed"; exit 1; }
    export TEST_WEB=$work/web
}

prepare() {
    require_sdks
    install_packages
    build Product.sln
    publish
    start_postgres
}

# Leaves everything as it stands and says where.
keep() {
    trap - EXIT
    printf 'export TEST_WEB=%q TEST_POSTGRES=%q TEST_POSTGRES_LOG=%q TEST_WORK=%q\n' "$TEST_WEB" "$TEST_POSTGRES" "$TEST_POSTGRES_LOG" "$work"
}
