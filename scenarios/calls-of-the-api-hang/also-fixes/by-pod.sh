#!/bin/sh
# Accepted: the controller, by its own label.
set -e
kubectl -n taskmaster patch networkpolicy allow-ingress-to-backend --type=json -p '[{"op": "replace", "path": "/spec/ingress/0/from", "value": [{
  "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}},
  "podSelector": {"matchLabels": {"app.kubernetes.io/name": "ingress-nginx"}}}]}]'
