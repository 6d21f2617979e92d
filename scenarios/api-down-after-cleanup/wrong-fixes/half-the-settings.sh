#!/bin/sh
# Refused: data.WORKERS is not set
set -e
kubectl -n taskmaster create configmap backend-config --from-literal=FLASK_ENV=production --from-literal=LOG_LEVEL=info
