#!/bin/sh
# Sends /api to the backend again.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/path", "value": "/api"}]'
