#!/bin/sh
# Accepted: every pod gets the label, also the next one.
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "add", "path": "/spec/template/metadata/labels/{{label}}", "value": "{{value}}"}]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
