variable "BASE" {
  default = "alpine:3.22"
}

// Filled in by docker/metadata-action; by inputs when it is gone.
target "image-metadata" {}

group "default" {
  targets = ["app"]
}

target "app" {
  inherits   = ["image-metadata"]
  context    = "."
  dockerfile = "docker/app.Dockerfile"
  target     = "run"
  platforms  = ["linux/amd64", "linux/arm64"]
  args       = { BASE = BASE }
  contexts   = { shared = "shared" }
  cache-from = ["type=gha,scope=app"]
  cache-to   = ["type=gha,scope=app,mode=max"]
  labels     = { "com.acme.team" = "ships" }
}
