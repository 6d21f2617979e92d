#!/bin/sh
# Every key is a file again.
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[{"op": "remove", "path": "/spec/template/spec/volumes/1/configMap/items"}]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
