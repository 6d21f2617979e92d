#!/bin/sh
# Refused: gives admin
set -e
kubectl -n taskmaster create serviceaccount {{account}}
kubectl -n taskmaster create rolebinding {{account}} --clusterrole=admin --serviceaccount=taskmaster:{{account}}
kubectl -n taskmaster rollout restart deployment backend
