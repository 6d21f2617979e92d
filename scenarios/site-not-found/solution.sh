#!/bin/sh
# The right host.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/host", "value": "taskmaster.local"}]'
