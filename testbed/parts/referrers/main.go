// A registry with the referrers API, which distribution does not have: registry-referrers ADDRESS BLOB_DIRECTORY.
// Manifests are kept in memory, so it starts empty.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: registry-referrers ADDRESS BLOB_DIRECTORY")
	}
	handler := registry.New(
		registry.WithReferrersSupport(true),
		registry.WithBlobHandler(registry.NewDiskBlobHandler(os.Args[2])),
		registry.Logger(log.New(os.Stderr, "", log.Lmicroseconds)),
	)
	log.Fatal(http.ListenAndServe(os.Args[1], handler))
}
