#!/bin/sh
# SBOM generator for BuildKit's scanner protocol: reads the Debian packages below BUILDKIT_SCAN_SOURCE and writes one in-toto
# statement with an SPDX document into BUILDKIT_SCAN_DESTINATION. BuildKit adds the subject.
set -eu
name=$(basename "$BUILDKIT_SCAN_SOURCE")
status="$BUILDKIT_SCAN_SOURCE/var/lib/dpkg/status"
[ -f "$status" ] || status=/dev/null
awk -v name="$name" '
  BEGIN {
    printf "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"https://spdx.dev/Document\",\"predicate\":{"
    printf "\"spdxVersion\":\"SPDX-2.3\",\"dataLicense\":\"CC0-1.0\",\"SPDXID\":\"SPDXRef-DOCUMENT\",\"name\":\"%s\",", name
    printf "\"documentNamespace\":\"https://example.org/spdx/%s\",", name
    printf "\"creationInfo\":{\"created\":\"2026-01-01T00:00:00Z\",\"creators\":[\"Tool: testbed-scanner\"]},\"packages\":["
  }
  /^Package: / { package = $2 }
  /^Version: / { version = $2 }
  /^Architecture: / { architecture = $2 }
  /^$/ {
    if (package != "") {
      printf "%s{\"name\":\"%s\",\"SPDXID\":\"SPDXRef-%d\",\"versionInfo\":\"%s\",", (count++ ? "," : ""), package, count, version
      printf "\"downloadLocation\":\"NOASSERTION\",\"externalRefs\":[{\"referenceCategory\":\"PACKAGE-MANAGER\","
      printf "\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:deb/debian/%s@%s?arch=%s\"}]}", package, version, architecture
    }
    package = ""
  }
  END { print "]}}" }
' "$status" >"$BUILDKIT_SCAN_DESTINATION/$name.spdx.json"
