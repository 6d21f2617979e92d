#!/bin/sh
# Accepted: a second one for the next time.
set -e
kubectl -n kube-system patch deployment coredns --type=merge -p '{"spec": {"replicas": 2}}'
kubectl -n kube-system rollout status deployment coredns --timeout=120s
kubectl -n taskmaster rollout restart deployment backend
kubectl -n taskmaster rollout status deployment backend --timeout=120s
