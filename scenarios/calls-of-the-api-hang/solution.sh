#!/bin/sh
# The namespace of the ingress controller.
set -e
kubectl -n taskmaster patch networkpolicy allow-ingress-to-backend --type=json -p '[{"op": "replace",
  "path": "/spec/ingress/0/from/0/namespaceSelector/matchLabels/kubernetes.io~1metadata.name", "value": "ingress-nginx"}]'
