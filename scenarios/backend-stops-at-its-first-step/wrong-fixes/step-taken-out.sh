#!/bin/sh
# Refused: init container read-settings of Deployment/backend was removed
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/initContainers"}]'
