#!/bin/sh
# Refused: answers for backend-svc but does not belong to Deployment/backend
set -e
kubectl -n taskmaster label pods -l app=backend app=backend-api --overwrite
