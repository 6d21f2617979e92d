#!/bin/sh
# Accepted: the whole rule written again.
set -e
kubectl -n taskmaster get ingress taskmaster-ingress -o yaml | sed 's/name: {{name}}$/name: backend-svc/' | kubectl apply -f -
