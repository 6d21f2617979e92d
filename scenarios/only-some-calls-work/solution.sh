#!/bin/sh
# Compares by path elements again.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/pathType", "value": "Prefix"}]'
