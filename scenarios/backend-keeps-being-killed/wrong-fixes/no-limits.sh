#!/bin/sh
# Refused: the memory limit was removed
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources"}]'
