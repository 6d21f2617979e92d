#!/bin/sh
# Refused: spec.template.spec.priorityClassName is "system-cluster-critical"
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "replace", "path": "/spec/template/spec/priorityClassName", "value": "system-cluster-critical"}]'
