#!/bin/sh
# Accepted: the object is written back with the right tag.
set -e
kubectl -n taskmaster get deployment frontend -o yaml | sed 's/taskmaster-frontend:2.0/taskmaster-frontend:1.0/' | kubectl -n taskmaster replace -f -
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
