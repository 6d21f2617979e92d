#!/bin/sh
# Refused: spec.template.spec.nodeName is
set -e
node=$(kubectl get nodes -o jsonpath='{.items[0].metadata.name}')
kubectl -n taskmaster patch deployment backend --type=json -p "[
  {\"op\": \"remove\", \"path\": \"/spec/template/spec/nodeSelector\"},
  {\"op\": \"add\", \"path\": \"/spec/template/spec/nodeName\", \"value\": \"$node\"}
]"
