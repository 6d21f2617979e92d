#!/bin/sh
# The image from where it is, without the secret that is not.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "docker.io/reddydodda/taskmaster-backend:1.0"},
  {"op": "remove", "path": "/spec/template/spec/imagePullSecrets"}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
